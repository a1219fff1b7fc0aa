# One image for the services and for provision: the command names the module.
FROM python:3.11-slim AS packages
COPY requirements/run.lock /run.lock
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r /run.lock

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin evergreen
COPY --from=packages /venv /venv
WORKDIR /evergreen
COPY shared shared
COPY services services
COPY deploy deploy
RUN /venv/bin/python -m compileall -q shared services deploy
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
ENTRYPOINT ["python", "-m"]
