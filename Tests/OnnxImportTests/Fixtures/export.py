"""Exports the small networks beside this script, each with what ONNX Runtime makes of one input.

    pip install torch==2.13.0+cpu onnx==1.23.2 onnxruntime==1.32.0 onnxscript==0.7.2 numpy
    pip install --no-deps torchvision==0.28.0 pillow
    python export.py

<name>.onnx is the model; <name>.golden holds little-endian floats: the input, then the output.
The architectures are torchvision's with fewer channels; weights and input are drawn by seed.
"""

import os
import warnings

import numpy
import onnx
import onnxruntime
import torch
import torch.nn.functional as functional
from torch import nn

# There is no torchvision for the CPU alone: its detection operators are named here, not needed.
operators = torch.library.Library("torchvision", "DEF")
for name in (
    "nms qnms roi_align roi_pool ps_roi_align ps_roi_pool deform_conv2d _roi_align_backward "
    "_roi_pool_backward _ps_roi_align_backward _ps_roi_pool_backward _deform_conv2d_backward"
).split():
    operators.define(name + "(Tensor a, Tensor b, float c) -> Tensor")

from torchvision.models.densenet import DenseNet
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.mobilenetv2 import Conv2dNormActivation, InvertedResidual
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.resnet import BasicBlock, Bottleneck, conv1x1

warnings.simplefilter("ignore")


def stem(channels):
    return [
        nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
    ]


def shortcut(inputs, outputs, stride):
    return nn.Sequential(conv1x1(inputs, outputs, stride), nn.BatchNorm2d(outputs))


def head(channels, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(1), nn.Linear(channels, classes)]


def resnet18():
    return nn.Sequential(
        *stem(8),
        BasicBlock(8, 8),
        BasicBlock(8, 16, stride=2, downsample=shortcut(8, 16, 2)),
        BasicBlock(16, 16),
        *head(16, 5),
    )


def resnet50():
    return nn.Sequential(
        *stem(8),
        Bottleneck(8, 4, downsample=shortcut(8, 16, 1)),
        Bottleneck(16, 4),
        Bottleneck(16, 8, stride=2, downsample=shortcut(16, 32, 2)),
        *head(32, 5),
    )


def densenet():
    return DenseNet(
        growth_rate=4, block_config=(2, 3, 2), num_init_features=8, bn_size=2, num_classes=5
    )


def mobilenet2():
    def norm_activation(inputs, outputs, **options):
        return Conv2dNormActivation(inputs, outputs, activation_layer=nn.ReLU6, **options)

    return nn.Sequential(
        norm_activation(3, 8, stride=2),
        InvertedResidual(8, 8, 1, 1),
        InvertedResidual(8, 12, 2, 6),
        InvertedResidual(12, 12, 1, 6),
        norm_activation(12, 32, kernel_size=1),
        *head(32, 5),
    )


def mobilenet3():
    def setting(inputs, kernel, expanded, outputs, squeezes, activation, stride):
        return InvertedResidualConfig(
            inputs, kernel, expanded, outputs, squeezes, activation, stride, 1, 1
        )

    return MobileNetV3(
        [
            setting(8, 3, 8, 8, True, "RE", 2),
            setting(8, 3, 24, 8, False, "RE", 1),
            setting(8, 5, 32, 16, True, "HS", 2),
            setting(16, 5, 32, 16, True, "HS", 1),
        ],
        last_channel=32,
        num_classes=5,
    )


def efficientnet():
    return EfficientNet(
        [
            MBConvConfig(1, 3, 1, 8, 8, 1, 1, 1),
            MBConvConfig(4, 3, 2, 8, 12, 2, 1, 1),
            MBConvConfig(4, 5, 1, 12, 16, 1, 1, 1),
        ],
        dropout=0.2,
        last_channel=32,
        num_classes=5,
    )


def double(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class UNet(nn.Module):
    """Ronneberger et al. 2015, with the usual padding; goes up by any of three ways."""

    def __init__(self, up):
        super().__init__()
        self.up = up
        self.down1 = double(3, 8)
        self.down2 = double(8, 16)
        self.bottom = double(16, 24)
        if up == "transposed":
            self.up2 = nn.ConvTranspose2d(24, 16, 2, stride=2)
            self.up1 = nn.ConvTranspose2d(16, 8, 2, stride=2)
        else:
            self.up2 = nn.Conv2d(24, 16, 1)
            self.up1 = nn.Conv2d(16, 8, 1)
        self.join2 = double(32, 16)
        self.join1 = double(16, 8)
        self.last = nn.Conv2d(8, 3, 1)

    def rise(self, step, x, beside):
        x = step(x)
        if self.up != "transposed":
            x = functional.interpolate(x, size=beside.shape[2:], mode=self.up)
        # As in the well-known implementations: pads by nothing where sizes are even.
        rows, columns = beside.shape[2] - x.shape[2], beside.shape[3] - x.shape[3]
        x = functional.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return torch.cat([beside, x], dim=1)

    def forward(self, x):
        one = self.down1(x)
        two = self.down2(functional.max_pool2d(one, 2))
        x = self.bottom(functional.max_pool2d(two, 2))
        x = self.join2(self.rise(self.up2, x, two))
        x = self.join1(self.rise(self.up1, x, one))
        return torch.softmax(self.last(x), dim=1)


class Oddities(nn.Module):
    """What no well-known network has all of: windows that are not square, constants, gates."""

    def __init__(self):
        super().__init__()
        self.tall = nn.Conv2d(1, 4, (3, 1), padding=(1, 0))
        self.wide = nn.Conv2d(4, 4, (1, 5), padding=(0, 2))
        self.dilated = nn.Conv2d(4, 6, 3, padding=2, dilation=2)
        self.grouped = nn.Conv2d(6, 9, 3, groups=3)
        self.norm = nn.BatchNorm2d(9)
        self.up = nn.ConvTranspose2d(9, 4, 3, stride=2, padding=1, output_padding=1)
        self.flat = nn.Linear(4 * 6 * 6, 7)
        self.matrix = nn.Parameter(torch.randn(7, 3) / 3)
        self.register_buffer("mean", torch.randn(1, 1, 1, 1))
        self.register_buffer("factors", torch.rand(4, 1, 1) + 0.5)

    def forward(self, x):
        x = (x - self.mean) / 1.5
        x = functional.leaky_relu(self.wide(self.tall(x)), 0.1) * self.factors
        x = functional.pad(functional.relu(x), (0, 1, 0, 1))
        x = functional.hardtanh(self.dilated(x), -1, 2)
        x = functional.avg_pool2d(x, 3, stride=1, padding=1)
        x = self.norm(self.grouped(functional.pad(x, (1, 2, 1, 2))))
        x = functional.max_pool2d(torch.sigmoid(x), 3, stride=3)
        x = functional.silu(self.up(x))
        x = functional.max_pool2d(x, 2, stride=2)
        x = functional.hardswish(self.flat(x.flatten(1)))
        x = torch.matmul(x, self.matrix) + torch.tensor([0.5, -0.5, 0.25])
        return torch.softmax(2 - x, dim=1)


class Norms(nn.Module):
    """Group norms of several kinds, as they are written before and from version 21 on."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 12, 3, stride=2, padding=1, bias=False)
        self.groups = nn.GroupNorm(3, 12)
        self.second = nn.Conv2d(12, 8, 3, padding=1)
        self.instances = nn.InstanceNorm2d(8, affine=True)
        self.plain = nn.InstanceNorm2d(8)
        self.whole = nn.GroupNorm(1, 8)
        self.last = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        x = functional.relu(self.groups(self.first(x)))
        y = self.second(x)
        x = functional.relu(self.instances(y) + self.plain(y))
        return self.last(self.whole(x))


class Corners(nn.Module):
    """Goes up as older segmentation networks do, by two factors."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.second = nn.Conv2d(6, 4, 3, padding=1)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        x = functional.relu(self.first(x))
        x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        x = functional.relu(self.second(x))
        x = functional.interpolate(x, scale_factor=3, mode="bilinear", align_corners=True)
        return self.last(x)


def upright(network):
    """Statistics and scales that a trained network could have."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            nn.init.uniform_(module.running_mean, -0.3, 0.3)
            nn.init.uniform_(module.running_var, 0.3, 1.0)
        if isinstance(module, (nn.GroupNorm, nn.InstanceNorm2d)) and module.affine:
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.uniform_(module.bias, -0.3, 0.3)
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)
    return network.eval()


def export(name, make, size, exporter, seed, channels=3, open_sizes=False, opset=None):
    torch.manual_seed(seed)
    network = upright(make())
    image = torch.randn(1, channels, *size)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    options = {"input_names": ["image"], "output_names": ["result"], "opset_version": opset}
    if exporter == "script":
        axes = {0: "images", 2: "height", 3: "width"} if open_sizes else {0: "images"}
        torch.onnx.export(
            network, (image,), path + ".onnx", dynamo=False, dynamic_axes={"image": axes}, **options
        )
    else:
        torch.onnx.export(
            network, (image,), path + ".onnx", dynamo=True, external_data=False, verbose=False,
            **options,
        )
        # Stack traces of this machine say nothing about the network.
        model = onnx.load(path + ".onnx")
        for node in model.graph.node:
            del node.metadata_props[:]
        onnx.save(model, path + ".onnx")
    session = onnxruntime.InferenceSession(path + ".onnx", providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"image": image.numpy()})
    golden = numpy.concatenate([image.numpy().ravel(), result.ravel()])
    golden.astype("<f4").tofile(path + ".golden")
    operators = sorted({node.op_type for node in onnx.load(path + ".onnx").graph.node})
    print(name, os.path.getsize(path + ".onnx"), image.shape, result.shape, " ".join(operators))


if __name__ == "__main__":
    export("resnet18", resnet18, (32, 32), "script", 1)
    export("resnet18-dynamo", resnet18, (32, 32), "dynamo", 1)
    export("resnet50", resnet50, (32, 40), "dynamo", 2)
    export("densenet", densenet, (32, 32), "script", 3)
    export("mobilenet2", mobilenet2, (32, 32), "script", 4, opset=10)
    export("mobilenet3", mobilenet3, (32, 32), "dynamo", 5)
    export("mobilenet3-script", mobilenet3, (32, 32), "script", 5)
    export("efficientnet", efficientnet, (32, 32), "script", 6)
    export("unet", lambda: UNet("transposed"), (16, 24), "script", 7, open_sizes=True)
    export("unet-nearest", lambda: UNet("nearest"), (16, 24), "script", 8, open_sizes=True)
    export("unet-bilinear", lambda: UNet("bilinear"), (16, 24), "dynamo", 9)
    export("oddities", Oddities, (17, 17), "script", 10, channels=1)
    export("norms", Norms, (16, 20), "script", 11)
    export("norms-dynamo", Norms, (16, 20), "dynamo", 11, opset=21)
    export("corners", Corners, (8, 10), "script", 12)
    export("corners-dynamo", Corners, (8, 10), "dynamo", 12)
