FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.12-slim
RUN groupadd --system --gid 10001 talon \
    && useradd --system --uid 10001 --gid talon --home-dir /data --shell /usr/sbin/nologin talon \
    && install --directory --owner=talon --group=talon --mode=0700 /data
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels talon-desk
# In a container the address inside is no one else's, and whoever runs it decides which port is let in.
ENV DATABASE_URL=sqlite+aiosqlite:////data/talon.db \
    LISTEN=0.0.0.0:8080 \
    PYTHONUNBUFFERED=1
# A number, by which an orchestrator can tell that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The port of LISTEN, should someone choose another.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['LISTEN'].rpartition(':')[2] + '/healthz', timeout=4)"]
CMD ["talon", "run"]
