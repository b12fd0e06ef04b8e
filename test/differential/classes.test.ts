/**
 * Members of each class of requests, sent through a sidecar: a real Envoy must do with each of them what the class says.
 * Without SEEDS the fixed list of `seeds.json` runs; with SEEDS=N, N fresh ones.
 */
import { runClasses } from './classes/run-classes';
import { describeSeeds } from './seeds';
import seeds from './seeds.json';

describeSeeds('classes of requests', seeds.classes, 20, runClasses);
