# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/setup-hugepages and scripts/bind-ports know of the machine, and do to it."""
