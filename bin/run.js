#!/usr/bin/env node
const { execute } = require('@oclif/core');

void execute({ dir: __dirname });
