"""Writes losses.json: losses with PyTorch's values and gradients, in double precision.

python losses.py > losses.json   (made with torch 2.13.0+cpu)

The focal loss and the generalised IoU loss are torchvision's formulae (torchvision.ops:
sigmoid_focal_loss, generalized_box_iou_loss with eps = 0), written out.
"""

import json

import torch
import torch.nn.functional as F


def focal(logits, targets, weights, alpha, gamma):
    p = torch.sigmoid(logits)
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    missed = 1 - (p * targets + (1 - p) * (1 - targets))
    share = alpha * targets + (1 - alpha) * (1 - targets)
    return (weights * share * missed ** gamma * entropy).sum() / weights.sum()


def mask(maps, coverage):
    inside = (coverage / coverage.sum(1, keepdim=True))
    outside = (1 - coverage) / (1 - coverage).sum(1, keepdim=True)
    losses = -inside * F.logsigmoid(maps) - outside * F.logsigmoid(-maps)
    return losses.sum() / len(maps)


def generalized_iou(boxes, targets, weights):
    x1, y1, x2, y2 = boxes.unbind(1)
    u1, v1, u2, v2 = targets.unbind(1)
    overlap = (torch.min(x2, u2) - torch.max(x1, u1)).clamp(min=0) * (
        torch.min(y2, v2) - torch.max(y1, v1)).clamp(min=0)
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - overlap
    hull = (torch.max(x2, u2) - torch.min(x1, u1)) * (torch.max(y2, v2) - torch.min(y1, v1))
    losses = 1 - (overlap / union - (hull - union) / hull)
    return (weights * losses).sum() / weights.sum()


def smooth(predictions, targets, weights, beta):
    losses = F.smooth_l1_loss(predictions, targets, reduction="none", beta=beta)
    return (weights * losses).sum() / weights.sum()


def numbers(tensor):
    return tensor.detach().flatten().tolist()


def single(*shape):
    """Noise that single precision holds exactly, as doubles."""
    return torch.randn(*shape).double()


def golden(loss, x, **rest):
    x = x.clone().requires_grad_()
    value = loss(x, **rest)
    gradient, = torch.autograd.grad(value, x)
    tensors = {
        name: numbers(value) if isinstance(value, torch.Tensor) else [value]
        for name, value in rest.items()}
    return {"x": numbers(x), **tensors, "value": value.item(), "gradient": numbers(gradient)}


torch.manual_seed(11)
weights = single(24).abs()
labels = (torch.arange(24) % 3 == 0).double()
corners = torch.rand(24, 2).double() * 8
sizes = 1 + torch.rand(24, 2).double() * 6
wanted = torch.cat([corners, corners + sizes], 1).float().double()
# Some overlap, some lie inside, some do not touch.
boxes = wanted + single(24, 4) * 0.4
boxes[::4] += 20
boxes = boxes.float().double()
coverage = (torch.rand(3, 20).double() * 2 - 1).clamp(min=0).float().double()
print(json.dumps({
    "focal": [
        golden(focal, single(24) * 4, targets=labels, weights=weights, alpha=alpha, gamma=gamma)
        for alpha, gamma in [(0.25, 2.0), (0.5, 0.0), (0.75, 0.5)]],
    "boxes": [golden(mask, single(3, 20) * 2, coverage=coverage)],
    "generalizedIoU": [golden(generalized_iou, boxes, targets=wanted, weights=weights)],
    "smoothL1": [
        golden(smooth, single(24) * 2, targets=single(24), weights=weights, beta=beta)
        for beta in [1.0, 0.25]],
}))
