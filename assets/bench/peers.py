"""The peers of `secondlook bench`: the same network in PyTorch, ONNX Runtime and OpenVINO.

  peers.py serve FOLDER THREADS           answers one line of JSON to each, see Server
  peers.py first NAME FOLDER THREADS RUNS  a fresh process that infers or trains, see first()

FOLDER holds what secondlook wrote: network.json (a Network), parameters.json (names and shapes),
parameters.f32 and images.f32 (raw little-endian floats, in that order). Exports go there too.
Imports happen where they are needed, so that a fresh process loads no more than its peer.
"""

import json
import os
import signal
import sys
import time


def read_floats(folder, name):
    import numpy

    return numpy.fromfile(os.path.join(folder, name), dtype="<f4")


def read_json(folder, name):
    with open(os.path.join(folder, name)) as file:
        return json.load(file)


def read_images(folder):
    shape = read_json(folder, "network.json")["input"]
    extents = (-1, shape["channels"], shape["height"], shape["width"])
    return read_floats(folder, "images.f32").reshape(extents)


def onnx_path(folder, batch, kind="network"):
    return os.path.join(folder, f"{kind}-{batch}.onnx")


def build(folder):
    """The torch module of network.json, with the weights of parameters.f32."""
    import torch
    from torch import nn

    description = read_json(folder, "network.json")
    values = torch.from_numpy(read_floats(folder, "parameters.f32"))
    arrays, start = {}, 0
    for entry in read_json(folder, "parameters.json"):
        count = 1
        for extent in entry["shape"]:
            count *= extent
        arrays[entry["name"]] = values[start : start + count].reshape(entry["shape"]).clone()
        start += count
    assert start == len(values), "parameters.json counts parameters.f32"

    channels = {"image": description["input"]["channels"]}
    single = set()  # maps of one cell, where a 1x1 convolution is a linear layer
    layers = []
    for node in description["nodes"]:
        (kind, told), = node["operation"].items()
        name, inputs = node["name"], node["inputs"]
        width = channels[inputs[0]]
        if kind == "convolution" and inputs[0] in single and told["kernel"] == 1:
            layer = nn.Sequential(nn.Flatten(), nn.Linear(width, told["channels"], told["bias"]))
            layer[1].weight.data = arrays[name + ".weight"].flatten(1)
            if told["bias"]:
                layer[1].bias.data = arrays[name + ".bias"]
            width = told["channels"]
        elif kind == "convolution":
            layer = nn.Conv2d(
                width, told["channels"], told["kernel"], told["stride"], told["padding"],
                bias=told["bias"])
            layer.weight.data = arrays[name + ".weight"]
            if told["bias"]:
                layer.bias.data = arrays[name + ".bias"]
            width = told["channels"]
        elif kind in ("groupNorm", "batchNorm"):
            if kind == "groupNorm":
                layer = nn.GroupNorm(told["groups"], width, eps=1e-5)
            else:
                layer = nn.BatchNorm2d(width, eps=told["epsilon"])
                layer.running_mean.data = arrays[name + ".mean"]
                layer.running_var.data = arrays[name + ".variance"]
            layer.weight.data = arrays[name + ".weight"]
            layer.bias.data = arrays[name + ".bias"]
        elif kind == "relu":
            layer = nn.ReLU()
        elif kind == "add":
            layer = None
        elif kind == "maxPool":
            layer = nn.MaxPool2d(told["kernel"], told["stride"], told["padding"])
        elif kind == "averagePool":
            layer = nn.AvgPool2d(
                told["kernel"], told["stride"], told["padding"], count_include_pad=False)
        elif kind == "globalAveragePool":
            layer = nn.AdaptiveAvgPool2d(1)
            single.add(name)
        elif kind == "upsample":
            layer = nn.Upsample(scale_factor=told["factor"], mode="nearest")
        else:
            raise ValueError(f"no twin of {kind}")
        channels[name] = width
        layers.append((name, layer, inputs))

    class Twin(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([layer or nn.Identity() for _, layer, _ in layers])
            self.wiring = [(name, inputs, layer is None) for name, layer, inputs in layers]
            self.output = description["output"]

        def forward(self, image):
            maps = {"image": image}
            for layer, (name, inputs, is_sum) in zip(self.layers, self.wiring):
                maps[name] = (
                    maps[inputs[0]] + maps[inputs[1]] if is_sum else layer(maps[inputs[0]]))
            return maps[self.output]

    return Twin()


# Inference. Each maker returns a function that runs once and gives the output.


def infer_onnxruntime(folder, images, threads, kind="network"):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        onnx_path(folder, len(images), kind), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: images})[0]


def infer_openvino(folder, images, threads, kind="network"):
    import openvino

    compiled = openvino.Core().compile_model(
        onnx_path(folder, len(images), kind), "CPU",
        {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
        })
    request = compiled.create_infer_request()
    return lambda: request.infer([images], share_inputs=True)[0]


def infer_torch(folder, images, threads):
    import torch

    torch.set_num_threads(threads)
    module = build(folder).eval().to(memory_format=torch.channels_last)
    x = torch.from_numpy(images).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        frozen = torch.jit.freeze(torch.jit.trace(module, x))

    def run():
        with torch.inference_mode():
            return frozen(x).numpy()

    return run


def infer_bytes_onnxruntime(folder, images, threads):
    return infer_onnxruntime(folder, images, threads, "bytes")


def infer_bytes_openvino(folder, images, threads):
    return infer_openvino(folder, images, threads, "bytes")


INFERENCE = {
    "onnxruntime": infer_onnxruntime,
    "openvino": infer_openvino,
    "torch": infer_torch,
}

INFERENCE_BYTES = {
    "onnxruntime": infer_bytes_onnxruntime,
    "openvino": infer_bytes_openvino,
}


def export(folder, images):
    import torch

    path = onnx_path(folder, len(images))
    torch.onnx.export(build(folder).eval(), torch.from_numpy(images), path, dynamo=False)


def quantize(folder, images):
    """Writes the exported network as one of 8-bit integers (QDQ), calibrated on the images."""
    from onnxruntime import quantization

    class Images(quantization.CalibrationDataReader):
        def __init__(self, name):
            self.feeds = iter([{name: images}])

        def get_next(self):
            return next(self.feeds, None)

    import onnx

    source = onnx_path(folder, len(images))
    name = onnx.load(source).graph.input[0].name
    quantization.quantize_static(
        source, onnx_path(folder, len(images), "bytes"), Images(name),
        quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8)


# Training. Each maker returns a function that takes one step and gives the loss before it.


def train(mode, folder, images, threads, told):
    import torch

    # Ours trains at low priority, so that the rest of the machine goes first, but begins at the
    # usual one. The threads that compute are started from here on, and inherit it; the import
    # started at most numpy's own, which have nothing to do.
    os.setpriority(os.PRIO_PROCESS, 0, 10)
    torch.set_num_threads(threads)
    module = build(folder).train()
    x = torch.from_numpy(images)
    if mode != "eager":
        module = module.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    if told["optimizer"] == "sgd":
        optimizer = torch.optim.SGD(module.parameters(), lr=told["rate"], momentum=0.9)
    else:
        # As in the engine, only the weights of convolutions decay.
        weights = [p for p in module.parameters() if p.dim() > 1]
        others = [p for p in module.parameters() if p.dim() <= 1]
        optimizer = torch.optim.AdamW(
            [{"params": weights}, {"params": others, "weight_decay": 0}],
            lr=told["rate"], weight_decay=0.01)
    called = torch.compile(module) if mode == "compile" else module

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = called(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


TRAINING = {"torch eager": "eager", "torch channels-last": "channels", "torch compile": "compile"}


class TooLong(Exception):
    pass


def within(seconds, work):
    """What work gives, or TooLong."""

    def ring(*_):
        raise TooLong(f"not ready within {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        return work()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Server:
    """Answers requests:

    {"do": "infer"}              → {"outputs": {name: [float]}, "absent": {name: why}}
    {"do": "infer_bytes"}        → the same of networks of 8-bit integers
    {"do": "train", "optimizer": "sgd" or "adamw", "rate": float, "steps": int, "modes": [name]}
                                 → {"losses": {name: [float]}, "absent": {name: why}}
    {"do": "run", "name": name, "warmups": int, "runs": int} → {"ms": [float]}
    {"do": "forget"}             → {}
    """

    def __init__(self, folder, threads):
        self.folder = folder
        self.threads = threads
        self.ready = {}

    def answer(self, request):
        return getattr(self, "do_" + request["do"])(request)

    def do_infer(self, _):
        images = read_images(self.folder)
        export(self.folder, images)
        return self.infer(INFERENCE, images)

    def do_infer_bytes(self, _):
        images = read_images(self.folder)
        export(self.folder, images)
        quantize(self.folder, images)
        return self.infer(INFERENCE_BYTES, images)

    def infer(self, makers, images):
        outputs, absent = {}, {}
        for name, make in makers.items():
            try:
                run = make(self.folder, images, self.threads)
                outputs[name] = [float(value) for value in run().reshape(-1)]
                self.ready[name] = run
            except Exception as error:
                absent[name] = reason(error)
        return {"outputs": outputs, "absent": absent}

    def do_train(self, request):
        images = read_images(self.folder)
        losses, absent = {}, {}
        for name in request["modes"]:

            def prepare():
                step = train(TRAINING[name], self.folder, images, self.threads, request)
                return step, [step() for _ in range(request["steps"])]

            try:
                self.ready[name], losses[name] = within(60, prepare)
            except Exception as error:
                absent[name] = reason(error)
        return {"losses": losses, "absent": absent}

    def do_run(self, request):
        run = self.ready[request["name"]]
        for _ in range(request["warmups"]):
            run()
        times = []
        for _ in range(request["runs"]):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1000)
        return {"ms": times}

    def do_forget(self, _):
        self.ready = {}
        return {}

    def serve(self):
        # Answers alone go to standard output; whatever else is printed goes to standard error.
        answers = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        for line in sys.stdin:
            try:
                answer = self.answer(json.loads(line))
            except Exception as error:
                answer = {"error": reason(error)}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def reason(error):
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"


def peak_memory():
    """Largest resident memory of this process in MB; unlike ru_maxrss without its parent's."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024


def first(name, folder, threads, runs):
    """Infers or trains: says "first" after one run, then does the rest and says its memory."""
    images = read_images(folder)
    if name in INFERENCE:
        run = INFERENCE[name](folder, images, threads)
    else:
        run = train(TRAINING[name], folder, images, threads, {"optimizer": "sgd", "rate": 1e-4})
    run()
    print("first", flush=True)
    for _ in range(runs - 1):
        run()
    print(peak_memory(), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        Server(sys.argv[2], int(sys.argv[3])).serve()
    else:
        first(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
