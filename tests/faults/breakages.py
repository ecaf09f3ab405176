"""The ways in which engines are known to fail, each as an answer to script a path with."""

from itertools import repeat

from tests.faults.answers import Answer, as_json

HTML = b"<!DOCTYPE html><html><body><h1>Internal Server Error</h1></body></html>"
# PyTorch's message about a context that fails every later call.
CUBLAS = (
    "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx( handle, opa, opb, m, "
    "n, k, alpha_ptr, a, CUDA_R_16BF, lda, b, CUDA_R_16BF, ldb, beta_ptr, c, CUDA_R_16BF, ldc, "
    "compute_type, CUBLAS_GEMM_DEFAULT_TENSOR_OP)`"
)
ILLEGAL_ACCESS = (
    "CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be "
    "asynchronously reported at some other API call, so the stacktrace below might be incorrect.\n"
    "For debugging consider passing CUDA_LAUNCH_BLOCKING=1\nCompile with `TORCH_USE_CUDA_DSA` to "
    "enable device-side assertions."
)
OUT_OF_MEMORY = (
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.64 GiB of "
    "which 1.13 GiB is free."
)

WEDGED = as_json({"detail": CUBLAS}, status=500)
POISONED = as_json({"detail": ILLEGAL_ACCESS}, status=500)
OUT_OF_GPU_MEMORY = as_json({"error": {"message": OUT_OF_MEMORY}}, status=500)
FAILED_IN_HTML = Answer(500, (HTML,), "text/html")
FAILED_FOR_EVER = Answer(500, repeat(b"CUDA error " * 1000), "text/plain")
LOADING = as_json({"detail": "loading"}, status=503, headers={"Retry-After": "7"})
TOO_MANY = as_json({"detail": "queue full"}, status=429, headers={"Retry-After": "9"})
TOO_LARGE = as_json({"detail": "too large"}, status=413)

SILENT = Answer(bare=True, hangs=True)
RESET = Answer(bare=True, cut=True)
CLOSED = Answer(bare=True)
# A byte a second, in the head and in the body.
SLOW_HEAD = Answer(pieces=[bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\n"], pause_s=1, bare=True)
SLOW_BODY = Answer(pieces=[bytes([byte]) for byte in b'{"text": "Hello."}'], pause_s=1)
SLOW_CHUNKS = Answer(
    pieces=(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1", *[b"0"] * 30),
    pause_s=1,
    bare=True,
)
CUT = Answer(pieces=(b'{"text": "Hel',), cut=True)
SHORTER_THAN_ANNOUNCED = Answer(
    pieces=(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b'{"text": "Hello."}'), bare=True
)

NO_JSON = Answer(pieces=(b'{"text": ',))
LONGER_THAN_ANNOUNCED = Answer(pieces=(b'{"text": "Hello."}',), announced=8)
ENDLESS = Answer(pieces=repeat(b" " * 65_536))
GIGANTIC_HEADER = Answer(
    pieces=(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 1_000_000, b"\r\n\r\n{}"), bare=True
)
NO_HTTP = Answer(pieces=(b"220 mail.example ESMTP ready\r\n\r\n",), bare=True, hangs=True)
SWITCHING = Answer(
    pieces=(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",),
    bare=True,
    hangs=True,
)
