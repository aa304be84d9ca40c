"""Generated input at the real door: whatever arrives, nothing breaks, nothing leaks and nothing typed is lost."""
