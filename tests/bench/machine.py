"""On what was measured."""
import os
import platform


def named():
    """Processor, cores and kernel, whose release is cut to its version."""
    with open("/proc/cpuinfo") as information:
        models = [line.split(":")[1].strip() for line in information if line.startswith("model name")]
    version = ".".join(platform.release().split(".")[:2])
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, Linux {version}"
