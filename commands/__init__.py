"""What people can do: words, controls, forms, reactions. Parse, carry out, answer; no SQL, no effects of their own."""
