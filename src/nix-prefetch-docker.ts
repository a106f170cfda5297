#!/usr/bin/env node
import process from 'node:process';

// pullpin itself, which reads the words that follow as those of nix-prefetch-docker.
process.argv.splice(2, 0, '__nix-prefetch-docker');
void import('./main.js');
