#!/bin/sh
# The commands of the image: serve, worker, healthcheck, and every command of manage.py (migrate, ingest, check_archive …).
set -eu
case "${1:-serve}" in
  serve)
    [ $# -eq 0 ] || shift
    # Unsafe settings end it here, with the sentences of the checks.
    python manage.py check --verbosity 0
    # Of several containers that start at once, one migrates and the others wait for it.
    python manage.py migrate --noinput --verbosity 0
    if [ -n "${METRICS_TOKEN:-}" ]; then
      # Where the processes of the server add up their counts.
      PROMETHEUS_MULTIPROC_DIR=$(mktemp -d)
      export PROMETHEUS_MULTIPROC_DIR
    fi
    exec gunicorn --access-logfile - "$@"
    ;;
  worker)
    shift
    exec python manage.py db_worker "$@"
    ;;
  healthcheck)
    exec python -c "
import os, urllib.request
address = f'http://127.0.0.1:{os.environ.get(\"PORT\", \"8000\")}{os.environ.get(\"SCRIPT_NAME\", \"\")}/healthz'
urllib.request.urlopen(address, timeout=4)"
    ;;
  *)
    exec python manage.py "$@"
    ;;
esac
