# docker build --target gateway .
# docker build --target cpu-engine .
# docker build --target nvidia-engine .     --build-arg RUNTIME=cpu for machines without a GPU

FROM python:3.11-slim AS python
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH
RUN useradd --system --uid 10001 --home-dir /home/spark --create-home spark
WORKDIR /app


FROM python AS gateway-packages
COPY requirements/base.txt requirements/library.txt requirements/s3.txt requirements/
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes \
        -r requirements/base.txt -r requirements/library.txt -r requirements/s3.txt


FROM gateway-packages AS documentation
COPY requirements/docs.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/docs.txt
COPY .env.example mkdocs.yml pyproject.toml ./
COPY audio audio
COPY voiceprints voiceprints
COPY spark_control spark_control
COPY cpu_engine cpu_engine
COPY docs docs
RUN DJANGO_SETTINGS_MODULE=spark_control.mypy_settings NO_MKDOCS_2_WARNING=1 python -m mkdocs build --strict --quiet


FROM python AS cpu-engine-packages
COPY requirements/cpu_engine.txt requirements/
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements/cpu_engine.txt


FROM python AS cpu-engine
COPY --from=cpu-engine-packages /venv /venv
COPY cpu_engine cpu_engine
# A volume mounted here gets this owner. The models are fetched on the first start.
RUN install -d -o spark /models
ENV MODELS_DIR=/models
VOLUME /models
USER spark
EXPOSE 9100
HEALTHCHECK --interval=10s --timeout=5s --start-period=30m \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9100/health', timeout=4)"]
CMD ["sh", "-c", "python -m cpu_engine.models && exec gunicorn -c python:cpu_engine.server --bind 0.0.0.0:9100 cpu_engine.wsgi"]


# Without a CUDA image below it: CUDA's libraries are wheels, for amd64 and arm64.
FROM python:3.12-slim-bookworm AS nvidia-engine
ARG RUNTIME=gpu
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH
RUN useradd --system --uid 10001 --home-dir /home/spark --create-home spark
WORKDIR /app
COPY requirements/nvidia_engine.txt requirements/nvidia_engine_cpu.txt requirements/
RUN python -m venv /venv \
    && if [ "$RUNTIME" = cpu ]; then set=nvidia_engine_cpu; else set=nvidia_engine; fi \
    && pip install --no-cache-dir --require-hashes -r requirements/$set.txt
COPY nvidia_engine nvidia_engine
# The meeting that `python -m nvidia_engine.report` is measured on.
COPY benchmarks/clinic/mono.flac benchmarks/clinic/reference.json benchmarks/clinic/
RUN install -d -o spark /models
ENV MODELS_DIR=/models NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
VOLUME /models
USER spark
EXPOSE 9100
HEALTHCHECK --interval=10s --timeout=5s --start-period=60m \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9100/health', timeout=4)"]
CMD ["gunicorn", "-c", "python:nvidia_engine.http.server", "--bind", "0.0.0.0:9100", "nvidia_engine.http.wsgi"]


FROM python AS gateway
COPY --from=gateway-packages /venv /venv
COPY manage.py ./
COPY audio audio
COPY voiceprints voiceprints
COPY spark_control spark_control
COPY --from=documentation /app/var/docs var/docs
# More BLAS threads make numpy's small products slower.
ENV OPENBLAS_NUM_THREADS=1
# Volumes mounted here get this owner: recordings of waiting jobs and voice samples, the status of the
# engines, and uploads. Nothing else is written, so the container may be read-only except for /tmp.
RUN install -d -o spark -m 700 /samples /recovery /uploads
ENV SAMPLES_DIR=/samples RECOVERY_DIR=/recovery UPLOADS_DIR=/uploads
VOLUME /samples /recovery /uploads
USER spark
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "spark_control.server", "--bind", "0.0.0.0:8000"]
