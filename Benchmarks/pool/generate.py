#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""generate.py DIRECTORY FUNCTIONS MEGABYTES: Go code of many functions, and a file to embed, for a large binary."""

import os
import random
import sys

directory, functions, megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(directory, exist_ok=True)
with open(os.path.join(directory, "functions.go"), "w") as file:
    file.write("package generated\n\nvar functions = []func(int) int{\n")
    file.writelines(f"\tfunctionWithALongEnoughName{i},\n" for i in range(functions))
    file.write("}\n\n// Call calls one; a negative index none.\nfunc Call(index int) int {\n")
    file.write("\tif index < 0 {\n\t\treturn 0\n\t}\n\treturn functions[index](index)\n}\n")
    for i in range(functions):
        file.write(f"\nfunc functionWithALongEnoughName{i}(x int) int {{\n\treturn x*{i} + 1\n}}\n")
with open(os.path.join(directory, "ballast"), "wb") as file:
    file.write(random.Random(1).randbytes(megabytes << 20))
