#!/bin/sh
# Brings the database up to date, then becomes the command: the server, unless another was given.
set -eu
python manage.py migrate --noinput --verbosity 0
exec "$@"
