#!/bin/sh
# Stands for your own server: the reference implementation, with the key of the profile.
exec mobstd serve ocss@1.0-alpha --port 8080 --count 1500 --key-env OPERATOR_KEY
