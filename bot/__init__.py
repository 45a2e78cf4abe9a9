"""The core of Circlebot: what a learning circle is, and what people can ask of it."""
