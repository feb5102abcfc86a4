"""Writes golden.json: small networks with PyTorch's outputs and gradients.

python golden.py > golden.json   (made with torch 2.13.0+cpu)

Networks are written as the engine's own JSON; parameters are listed in its order.
"""

import json

import torch
import torch.nn.functional as F


def node(name, operation, *inputs, **arguments):
    return {"name": name, "operation": {operation: arguments}, "inputs": list(inputs)}


def convolution(name, x, channels, kernel=3, stride=1, padding=1, bias=False):
    return node(
        name, "convolution", x,
        channels=channels, kernel=kernel, stride=stride, padding=padding, bias=bias)


EVIDENCE = {
    "input": {"channels": 1, "height": 14, "width": 12},
    "nodes": [
        convolution("stem", "image", 8, kernel=5, stride=2, padding=2),
        node("stem.norm", "groupNorm", "stem", groups=2),
        node("stem.relu", "relu", "stem.norm"),
        convolution("a", "stem.relu", 8),
        node("a.norm", "groupNorm", "a", groups=4),
        node("sum", "add", "a.norm", "stem.relu"),
        node("sum.relu", "relu", "sum"),
        node("pool", "maxPool", "sum.relu", kernel=3, stride=2, padding=1),
        convolution("b", "pool", 4, bias=True),
        node("up", "upsample", "b", factor=2),
        convolution("out", "up", 2, kernel=1, padding=0, bias=True),
    ],
    "output": "out",
}

CLASSIFIER = {
    "input": {"channels": 2, "height": 10, "width": 10},
    "nodes": [
        convolution("stem", "image", 6, stride=2),
        node("stem.norm", "batchNorm", "stem", epsilon=1e-5),
        node("stem.relu", "relu", "stem.norm"),
        convolution("a", "stem.relu", 6),
        node("a.norm", "batchNorm", "a", epsilon=1e-5),
        node("sum", "add", "a.norm", "stem.relu"),
        node("sum.relu", "relu", "sum"),
        node("pool", "averagePool", "sum.relu", kernel=2, stride=2, padding=0),
        node("mean", "globalAveragePool", "pool"),
        convolution("out", "mean", 3, kernel=1, padding=0, bias=True),
    ],
    "output": "out",
}


def shapes(network):
    """Name and shape of every array, in the engine's order."""
    channels = {"image": network["input"]["channels"]}
    result = []
    for n in network["nodes"]:
        (operation, a), = n["operation"].items()
        before = channels[n["inputs"][0]]
        channels[n["name"]] = a["channels"] if operation == "convolution" else before
        if operation == "convolution":
            result.append((n["name"] + ".weight", [a["channels"], before, a["kernel"], a["kernel"]]))
            if a["bias"]:
                result.append((n["name"] + ".bias", [a["channels"]]))
        if operation in ("groupNorm", "batchNorm"):
            names = ["weight", "bias"] + (["mean", "variance"] if operation == "batchNorm" else [])
            result += [(f"{n['name']}.{name}", [before]) for name in names]
    return result


def run(network, p, image, learns):
    maps = {"image": image}
    for n in network["nodes"]:
        (operation, a), = n["operation"].items()
        x = [maps[name] for name in n["inputs"]]
        get = lambda name: p.get(f"{n['name']}.{name}")
        if operation == "convolution":
            y = F.conv2d(x[0], get("weight"), get("bias"), a["stride"], a["padding"])
        elif operation == "groupNorm":
            y = F.group_norm(x[0], a["groups"], get("weight"), get("bias"), 1e-5)
        elif operation == "batchNorm":
            y = F.batch_norm(
                x[0], get("mean"), get("variance"), get("weight"), get("bias"), learns, 0.1,
                a["epsilon"])
        elif operation == "relu":
            y = F.relu(x[0])
        elif operation == "add":
            y = x[0] + x[1]
        elif operation == "maxPool":
            y = F.max_pool2d(x[0], a["kernel"], a["stride"], a["padding"])
        elif operation == "averagePool":
            y = F.avg_pool2d(x[0], a["kernel"], a["stride"], a["padding"])
        elif operation == "globalAveragePool":
            y = x[0].mean((2, 3), keepdim=True)
        elif operation == "upsample":
            y = F.interpolate(x[0], scale_factor=a["factor"], mode="nearest")
        maps[n["name"]] = y
    return maps[network["output"]]


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def golden(network, batch, steps=4):
    named = shapes(network)
    p = {}
    for name, shape in named:
        value = torch.randn(shape) * 0.4
        p[name] = (value.abs() + 0.5) if name.endswith(".variance") else value
    frozen = [n for n, _ in named if n.endswith((".mean", ".variance"))]
    start = {name: value.clone() for name, value in p.items()}
    i = network["input"]
    images = torch.randn(batch, i["channels"], i["height"], i["width"])
    inference = run(network, {n: v.clone() for n, v in p.items()}, images, learns=False)
    for name in p:
        p[name].requires_grad_(name not in frozen)
    output = run(network, {n: v.clone() if n in frozen else v for n, v in p.items()}, images, True)
    slope = torch.randn_like(output)
    learned = [name for name, _ in named if name not in frozen]
    gradients = dict(zip(learned, torch.autograd.grad(
        (output * slope).sum(), [p[name] for name in learned])))
    # A few steps of SGD on the mean square, as one learns.
    optimizer = torch.optim.SGD([p[name] for name in learned], lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (run(network, p, images, True) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {
        "network": network, "batch": batch,
        "parameters": [
            {"name": n, "shape": s, "values": numbers(start[n])} for n, s in named],
        "images": numbers(images), "slope": numbers(slope), "inference": numbers(inference),
        "gradients": {n: numbers(g) for n, g in gradients.items()},
        "losses": losses, "remembered": {n: numbers(p[n]) for n in frozen},
    }


torch.manual_seed(7)
print(json.dumps([golden(EVIDENCE, batch=3), golden(CLASSIFIER, batch=8)]))
