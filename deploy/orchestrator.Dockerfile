# syntax=docker/dockerfile:1
# The orchestrator: HTTP, the page, downloads and hosted engines. It computes nothing, so neither models nor ONNX Runtime are in it,
# and it runs on Alpine, which ONNX Runtime does not.
#   docker build -f deploy/orchestrator.Dockerfile -t libretto-orchestrator .
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH=amd64
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/Libretto.Cli -c Release --os linux-musl -a "$TARGETARCH" --no-self-contained \
        --artifacts-path /artifacts -o /app -p:UseAppHost=false -p:PublishReadyToRun=true -v quiet \
 && rm -f /app/libonnxruntime*

FROM mcr.microsoft.com/dotnet/aspnet:10.0-alpine
# Sites change, and yt-dlp with them: its own release, not the distribution's.
ADD --chmod=755 https://github.com/yt-dlp/yt-dlp/releases/latest/download/yt-dlp /usr/local/bin/yt-dlp
RUN apk add --no-cache ffmpeg python3 \
 && mkdir /data \
 && chown 1654:1654 /data
COPY --from=build /app /app
USER 1654
ENV HOME=/data \
    ORT_DISABLE_TELEMETRY=1 \
    LIBRETTO_DATA=/data \
    LIBRETTO_CACHE=/data/cache \
    LIBRETTO_URLS=http://0.0.0.0:5400 \
    LIBRETTO_LOG=json \
    DOTNET_TieredCompilation=0 \
    DOTNET_gcConcurrent=0 \
    DOTNET_GCgen0size=0x400000
VOLUME /data
EXPOSE 5400
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD wget -q -O /dev/null http://127.0.0.1:5400/health
ENTRYPOINT ["dotnet", "/app/Libretto.Cli.dll"]
CMD ["serve", "--role", "api", "--lanes", "io"]
