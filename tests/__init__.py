"""The tests. Each states in one line, as its docstring, the behaviour it proves."""
