# The service: docker build -t remit . The compiler that durable-rules needs stays in the first stage.
FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY dsl dsl
COPY engine engine
COPY api api
COPY policies policies
RUN python -m venv /opt/remit \
 && /opt/remit/bin/pip install --no-cache-dir -c constraints.txt '.[durable,postgres,telemetry]'

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/remit remit
COPY --from=build /opt/remit /opt/remit
COPY policies /policies
ENV PATH=/opt/remit/bin:$PATH PYTHONUNBUFFERED=1
USER remit
WORKDIR /var/lib/remit
EXPOSE 8080
VOLUME /var/lib/remit
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
# without REMIT_DATABASE decisions are kept in the volume, in one SQLite file;
# an address that others reach needs a key or an issuer: see docs/service.md, "Running it"
CMD ["remit", "serve", "/policies/sales", "/policies/common", "--host", "0.0.0.0"]
