# SPDX-License-Identifier: Apache-2.0
"""What poolscope costs the process that it records, and itself."""
