# docker build -t sous . && docker run --rm -v "$PWD:/project" --user "$(id -u):$(id -g)" sous bundle
FROM python:3.13-slim-bookworm AS build
COPY . /source
RUN python -m venv /opt/sous && /opt/sous/bin/pip install --no-cache-dir /source

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 sous \
    && mkdir -m 0777 /state
COPY --from=build /opt/sous /opt/sous
# Whoever runs it has a home to keep state in, also with --user.
ENV HOME=/state PATH=/opt/sous/bin:$PATH
USER sous
WORKDIR /project
ENTRYPOINT ["sous"]
CMD ["--help"]
