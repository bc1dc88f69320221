from cnnapp.architectures.specs import ImageShape, LayerSpec

__all__ = ["ImageShape", "LayerSpec"]
