# The bot in a container: docker build -t circlebot . && docker run -p 127.0.0.1:8080:8080 -v circlebot:/data circlebot
# Data (the SQLite file) and, if you use one, config.toml lie in /data; settings also come from the environment:
# -e CIRCLEBOT_TELEGRAM__TOKEN -e CIRCLEBOT_DISCORD__TOKEN passes your shell's tokens on; for these two no port need be open.

FROM python:3.13-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/circlebot
# The locked packages first: they change less often than the code, and the layer is kept.
COPY requirements.txt ./
RUN /opt/circlebot/bin/python -m pip install --no-deps --require-hashes --only-binary=:all: -r requirements.txt
COPY . ./
RUN /opt/circlebot/bin/python -m pip install --no-deps --no-build-isolation --no-index .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home circlebot
COPY --from=build /opt/circlebot /opt/circlebot
ENV PATH=/opt/circlebot/bin:$PATH PYTHONUNBUFFERED=1 CIRCLEBOT_HTTP__HOST=0.0.0.0
USER circlebot
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('CIRCLEBOT_HTTP__PORT', '8080') + '/healthz', timeout=4)"]
# As the container's first process it gets SIGTERM itself and stops in order.
ENTRYPOINT ["circlebot"]
CMD ["run"]
