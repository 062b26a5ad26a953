"""Identity removal: a teacher and a shallow student that turn an apex into an onset face."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

from torch import Tensor, nn

if TYPE_CHECKING:
    from ..config import Config


def halve(channels_in: int, channels: int) -> nn.Sequential:
    """A 3 x 3 convolution of stride 2 with batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
    )


def decoder(channels: tuple[int, ...]) -> nn.Sequential:
    """Deconvolutions that undo as many halvings as there are channels, mirrored, to RGB."""
    layers: list[nn.Module] = []
    for wide, narrow in pairwise(reversed(channels)):
        layers += [
            # A kernel of 4 at stride 2 covers every pixel equally often: no checkerboard.
            nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(narrow),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers, nn.ConvTranspose2d(channels[0], 3, 4, stride=2, padding=1))


class Student(nn.Module):
    """Shallow autoencoder; at test time its encoder is what is left of identity removal."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            halve(before, after) for before, after in pairwise((3, *channels))
        )
        self.decoder = decoder(channels)

    def encode(self, images: Tensor) -> list[Tensor]:
        """The images (n, 3, s, s) and every feature map: sides s, s/2, s/4, s/8, s/16."""
        maps = [images]
        for layer in self.encoder:
            maps.append(layer(maps[-1]))
        return maps

    def decode(self, bottleneck: Tensor) -> Tensor:
        """The last feature map as images (n, 3, s, s)."""
        return cast(Tensor, self.decoder(bottleneck))

    def forward(self, images: Tensor) -> Tensor:
        """Images to images of the same size."""
        return self.decode(self.encode(images)[-1])


class ResidualModule(nn.Module):
    """Two 3 x 3 convolutions and a shortcut, at half the size (He et al., CVPR 2016)."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            halve(channels_in, channels),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.shortcut = nn.Conv2d(channels_in, channels, 1, stride=2)

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels_in, h, w) to (n, channels, h/2, w/2)."""
        return cast(Tensor, (self.body(maps) + self.shortcut(maps)).relu())


class Teacher(nn.Module):
    """Autoencoder: an encoder of residual modules to 1/16 of the size, four deconvolutions."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.encoder = trunk(config)
        channels = config.teacher_channels if config.teacher == "residual" else (64, 128, 256, 512)
        self.decoder = decoder(channels)

    def forward(self, images: Tensor) -> Tensor:
        """Images (n, 3, s, s) to images of the same size."""
        return cast(Tensor, self.decoder(self.encoder(images)))


def trunk(config: Config) -> nn.Module:
    """The teacher's encoder, from fresh weights: (n, 3, s, s) to (n, channels, s/16, s/16)."""
    if config.teacher == "residual":
        steps = pairwise((3, *config.teacher_channels))
        return nn.Sequential(*(ResidualModule(before, after) for before, after in steps))
    import timm

    # At the trunk's own stride of 32 four deconvolutions would return half the size.
    model = timm.create_model(
        "resnet18", pretrained=False, num_classes=0, global_pool="", output_stride=16
    )
    return cast(nn.Module, model)
