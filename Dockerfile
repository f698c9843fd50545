FROM python:3.11-slim-bookworm AS build

ENV PYTHONUNBUFFERED=1
COPY requirements/production.txt /build/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      --requirement /build/production.txt \
 && /opt/venv/bin/pip uninstall --yes --quiet setuptools pip

COPY . /app
WORKDIR /app
# The read-only image cannot write bytecode, so all of it is compiled here.
RUN STATIC_ROOT=/app/staticfiles /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && /opt/venv/bin/python -m compileall -q imr_archive manage.py


FROM python:3.11-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
RUN useradd --system --home-dir /data --shell /usr/sbin/nologin archive \
 && install --directory --owner archive --mode 750 /data
WORKDIR /app
# The archive's data, unless DATABASE_URL names a PostgreSQL server
ENV DATABASE_URL=sqlite:////data/archive.sqlite3 UPLOAD_ROOT=/data/uploads STATIC_ROOT=/app/staticfiles
VOLUME /data
USER archive

EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/app/docker-entrypoint.sh", "healthcheck"]
ENTRYPOINT ["/app/docker-entrypoint.sh"]
CMD ["serve"]
