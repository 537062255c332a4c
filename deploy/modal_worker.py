"""Workers on Modal with a graphics card: a signed call starts one, which ends by itself when nothing is left to do.

    modal secret create libretto DATABASE_URL=... LIBRETTO_STORE=... AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... LIBRETTO_POOL_SECRET=...
    modal deploy deploy/modal_worker.py

Runs from the checkout's root. The orchestrator calls the printed address (docs/deploy.md, "Modal").
"""

import hashlib
import hmac
import json
import os
import subprocess
import time

import modal

image = modal.Image.from_dockerfile(
    "deploy/worker.Dockerfile",
    context_dir=".",
    build_args={"GPU": "true", "BASE": "nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04", "MODELS": "whisper-large-v3-turbo spleeter-2stems"},
    add_python="3.12",
).entrypoint([])
app = modal.App("libretto", secrets=[modal.Secret.from_name("libretto")])


@app.function(image=image, gpu="T4", timeout=3600, max_containers=4)
def work(worker):
    subprocess.run(
        ["/app/libretto", "serve", "--role", "worker", "--lanes", "compute", "--idle-exit", "2m"],
        env={**os.environ, "LIBRETTO_WORKER_ID": worker},
        check=True,
    )


@app.function(image=modal.Image.debian_slim().pip_install("fastapi[standard]"))
@modal.asgi_app()
def start():
    from fastapi import FastAPI, HTTPException, Request

    web = FastAPI(docs_url=None, openapi_url=None)

    @web.post("/")
    async def order(request: Request):
        body = await request.body()
        if not is_signed(os.environ["LIBRETTO_POOL_SECRET"], body, request.headers.get("libretto-signature", ""), time.time()):
            raise HTTPException(401)
        wanted = json.loads(body)
        # To stop one nothing is to be done: it was asked through the database and ends by itself.
        if wanted["action"] == "start":
            await work.spawn.aio(wanted["worker"])
        return {}

    return web


def is_signed(secret, body, header, now):
    """Whether Libretto signed this, within the last five minutes: t=UNIXSECONDS,v1=HMAC-SHA256 of "t.body"."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    sent = parts.get("t", "")
    if not sent.isdigit() or abs(now - int(sent)) > 300:
        return False
    expected = hmac.new(secret.encode(), sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts.get("v1", ""))
