#!/bin/bash
# What "./bootstrap demo" shows.
set -euo pipefail
