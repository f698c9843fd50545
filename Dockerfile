FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements/production.txt requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements/production.txt

COPY . .
ENV STATIC_ROOT=/app/staticfiles
RUN python manage.py collectstatic --noinput --verbosity 0 \
 && useradd --system --home-dir /data --shell /usr/sbin/nologin archive \
 && install --directory --owner archive --mode 750 /data

# The archive's data, unless DATABASE_URL names a PostgreSQL server
ENV DATABASE_URL=sqlite:////data/archive.sqlite3
VOLUME /data
USER archive

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["./docker-entrypoint.sh"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--access-logfile", "-"]
