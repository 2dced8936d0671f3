# The service and its workers: `docker build --tag ecg .`, then `ecg serve` or `ecg worker`.
# compose.yaml runs both over PostgreSQL, Redis and RabbitMQ.
FROM rust:1.95-slim-bookworm AS rust

FROM python:3.13-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc=4:12.2.0-3 libc6-dev=2.36-* \
    && rm -rf /var/lib/apt/lists/*
COPY --from=rust /usr/local/cargo /usr/local/cargo
COPY --from=rust /usr/local/rustup /usr/local/rustup
ENV PATH=/opt/ecg/bin:/usr/local/cargo/bin:$PATH CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup
WORKDIR /source
COPY requirements.txt .
RUN python -m venv /opt/ecg \
    && pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . ./ecg_core

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/ecg ecg
COPY --from=build /opt/ecg /opt/ecg
ENV PATH=/opt/ecg/bin:$PATH ECG_HOST=0.0.0.0 ECG_PLAIN_HTTP=true
USER 10001
WORKDIR /var/lib/ecg
VOLUME /var/lib/ecg
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready')"]
ENTRYPOINT ["ecg"]
CMD ["serve"]
