# The app in a container: an unprivileged user, a root that may be read-only, one writable volume at /data.
#
#   docker build -t ttsvar .                                            # CPU
#   docker build -t ttsvar --build-arg TORCH_INDEX=https://pypi.org/simple .   # CUDA: PyPI's wheels bring it along
#   docker run --read-only -p 7860:7860 -v ttsvar:/data ttsvar          # add --gpus all for CUDA
#
# What stays between runs (sessions, downloaded weights) is in the volume. Arguments go to app.py:
#   docker run ... ttsvar --model infinity-125m

FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.txt requirements.lock ./
# The lock has everything but torch, by hash; torch then finds all it needs beside CUDA's libraries installed already.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes -r requirements.lock \
    && /opt/venv/bin/pip install --index-url "${TORCH_INDEX}" "$(grep '^torch==' requirements.txt)" \
    && /opt/venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
RUN useradd --uid 1000 --create-home --home-dir /data --shell /usr/sbin/nologin ttsvar \
    && pip uninstall --yes pip setuptools wheel
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY app.py requirements.txt ./
COPY ttsvar ttsvar
COPY ui ui
COPY assets assets
# A read-only root keeps no bytecode, so it is compiled now; everything that libraries write goes to the volume.
RUN /opt/venv/bin/python -m compileall -q /app
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/data \
    TMPDIR=/data \
    HF_HOME=/data/huggingface \
    TTSVAR_WEIGHTS=/data/weights \
    NUMBA_CACHE_DIR=/data/numba \
    GRADIO_TEMP_DIR=/data/gradio \
    GRADIO_ANALYTICS_ENABLED=False \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 1000
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]
ENTRYPOINT ["python", "app.py", "--host", "0.0.0.0", "--port", "7860", "--runs-dir", "/data/runs"]
