# The bot in a container. docs/installing.md goes through it; compose.yaml runs two with a PostgreSQL.
#
#   docker build -t circlebot .
#   docker run -d --name circlebot --restart unless-stopped --env-file circlebot.env -v circlebot:/data \
#     -p 127.0.0.1:8080:8080 --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges circlebot
#
# What is kept (the SQLite file) and, if you use one, config.toml lie in /data, which is all that is written to, with /tmp.
# Settings come from the environment, too: circlebot.env has a line such as CIRCLEBOT_TELEGRAM__TOKEN=… for each.

FROM python:3.13-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# What is run has no installer in it.
RUN python -m venv --without-pip /opt/circlebot
# The locked packages first: they change less often than the code, and the layer is kept.
COPY requirements.txt ./
RUN python -m pip --python /opt/circlebot/bin/python install --no-deps --require-hashes --only-binary=:all: -r requirements.txt
COPY . ./
RUN python -m pip --python /opt/circlebot/bin/python install --no-deps --no-build-isolation --no-index .

FROM python:3.13-slim
RUN groupadd --gid 10001 circlebot && \
    useradd --uid 10001 --gid circlebot --no-log-init --home-dir /data --create-home --shell /usr/sbin/nologin circlebot && \
    chmod 0700 /data
COPY --from=build /opt/circlebot /opt/circlebot
ENV PATH=/opt/circlebot/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp/matplotlib \
    CIRCLEBOT_HTTP__HOST=0.0.0.0
USER circlebot
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Alive, not ready: a bot whose platform or database is out of reach mends itself, and a new one could do no better.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('CIRCLEBOT_HTTP__PORT', '8080') + '/healthz', timeout=4)"]
# As the container's first process it gets SIGTERM itself and stops in order, in less than ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["circlebot"]
CMD ["run"]
