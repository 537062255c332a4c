# syntax=docker/dockerfile:1
# A worker: separation and local engines, with ffmpeg, yt-dlp and fonts. Models come at the first song, or into the image by MODELS.
#   docker build -f deploy/worker.Dockerfile -t libretto-worker .
#   docker build -f deploy/worker.Dockerfile -t libretto-worker-gpu --build-arg GPU=true \
#       --build-arg BASE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 .
ARG BASE=mcr.microsoft.com/dotnet/runtime-deps:10.0

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH=amd64
# ONNX Runtime with CUDA; for x64 only.
ARG GPU=false
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/Libretto.Cli -c Release --os linux -a "$TARGETARCH" --self-contained \
        --artifacts-path /artifacts -o /app -p:PublishReadyToRun=true -p:LibrettoGpu="$GPU" -v quiet \
 && mv /app/Libretto.Cli /app/libretto

FROM $BASE
# What karaoke videos and CD+G are drawn with; a script that no font here has is an error that names its package. Without Chinese,
# Japanese and Korean the image is 90 MB smaller: FONTS="fonts-dejavu-core fonts-noto-core".
ARG FONTS="fonts-dejavu-core fonts-noto-core fonts-noto-cjk"
ADD --chmod=755 https://github.com/yt-dlp/yt-dlp/releases/latest/download/yt-dlp /usr/local/bin/yt-dlp
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg fontconfig python3 $FONTS \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir /data \
 && chown 1654:1654 /data
COPY --from=build /app /app
USER 1654
ENV HOME=/data \
    ORT_DISABLE_TELEMETRY=1 \
    DOTNET_TC_QuickJit=0 \
    LIBRETTO_DATA=/data \
    LIBRETTO_CACHE=/data/cache \
    LIBRETTO_URLS=http://127.0.0.1:5401 \
    LIBRETTO_LOG=json
# For example MODELS="whisper-base spleeter-2stems".
ARG MODELS=""
RUN for model in $MODELS; do /app/libretto models pull "$model" || exit 1; done
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:5401/health"]
ENTRYPOINT ["/app/libretto"]
CMD ["serve", "--role", "worker", "--lanes", "compute"]
