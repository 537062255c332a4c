"""Workers on Modal with a graphics card: a signed call starts one, which ends by itself when nothing is left to do.

    modal secret create libretto DATABASE_URL=... LIBRETTO_STORE=... AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... LIBRETTO_POOL_SECRET=...
    modal deploy deploy/modal_worker.py

Runs from the checkout's root. The orchestrator calls the printed address (docs/deploy.md, "Modal").
"""

import hashlib
import hmac
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
def work():
    subprocess.run(["/app/libretto", "serve", "--role", "worker", "--lanes", "compute", "--idle-exit", "2m"], check=True)


@app.function(image=modal.Image.debian_slim().pip_install("fastapi[standard]"))
@modal.asgi_app()
def start():
    from fastapi import FastAPI, HTTPException, Request

    web = FastAPI(docs_url=None, openapi_url=None)

    @web.post("/")
    async def start_worker(request: Request):
        body, sent = await request.body(), request.headers.get("libretto-timestamp", "0")
        signed = hmac.new(os.environ["LIBRETTO_POOL_SECRET"].encode(), f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v1={signed}", request.headers.get("libretto-signature", "")):
            raise HTTPException(401)
        if not sent.isdigit() or abs(time.time() - int(sent)) > 300:
            raise HTTPException(401)
        await work.spawn.aio()
        return {}

    return web
