"""The Web API: a table of methods, and the gate every call passes before its method answers."""
