"""What a learning circle is: frozen dataclasses and pure functions. Standard library only."""
