/** Every command by its id, loaded when asked for: start-up pays for the one that runs. Made by scripts/commands.mjs. */
/* eslint-disable @typescript-eslint/no-require-imports -- oclif reads this map synchronously; a static import would load every command */

export const COMMANDS: Readonly<Record<string, unknown>> = {
  get capture() {
    return commandOf(require('./commands/capture'));
  },
  get check() {
    return commandOf(require('./commands/check'));
  },
  get __complete() {
    return commandOf(require('./commands/complete-words'));
  },
  get completion() {
    return commandOf(require('./commands/completion'));
  },
  get diff() {
    return commandOf(require('./commands/diff'));
  },
  get explain() {
    return commandOf(require('./commands/explain'));
  },
  get lint() {
    return commandOf(require('./commands/lint'));
  },
  get 'proxy-config:all'() {
    return commandOf(require('./commands/proxy-config/all'));
  },
  get 'proxy-config:bootstrap'() {
    return commandOf(require('./commands/proxy-config/bootstrap'));
  },
  get 'proxy-config:cluster'() {
    return commandOf(require('./commands/proxy-config/cluster'));
  },
  get 'proxy-config:ecds'() {
    return commandOf(require('./commands/proxy-config/ecds'));
  },
  get 'proxy-config:eds'() {
    return commandOf(require('./commands/proxy-config/eds'));
  },
  get 'proxy-config:endpoint'() {
    return commandOf(require('./commands/proxy-config/endpoint'));
  },
  get 'proxy-config:listener'() {
    return commandOf(require('./commands/proxy-config/listener'));
  },
  get 'proxy-config:log'() {
    return commandOf(require('./commands/proxy-config/log'));
  },
  get 'proxy-config:rootca-compare'() {
    return commandOf(require('./commands/proxy-config/rootca-compare'));
  },
  get 'proxy-config:route'() {
    return commandOf(require('./commands/proxy-config/route'));
  },
  get 'proxy-config:secret'() {
    return commandOf(require('./commands/proxy-config/secret'));
  },
  get 'proxy-config:stats'() {
    return commandOf(require('./commands/proxy-config/stats'));
  },
  get 'proxy-config:trace'() {
    return commandOf(require('./commands/proxy-config/trace'));
  },
  get 'proxy-status'() {
    return commandOf(require('./commands/proxy-status'));
  },
  get reach() {
    return commandOf(require('./commands/reach'));
  },
  get replay() {
    return commandOf(require('./commands/replay'));
  },
  get 'ztunnel-config:all'() {
    return commandOf(require('./commands/ztunnel-config/all'));
  },
  get 'ztunnel-config:certificate'() {
    return commandOf(require('./commands/ztunnel-config/certificate'));
  },
  get 'ztunnel-config:connections'() {
    return commandOf(require('./commands/ztunnel-config/connections'));
  },
  get 'ztunnel-config:log'() {
    return commandOf(require('./commands/ztunnel-config/log'));
  },
  get 'ztunnel-config:policy'() {
    return commandOf(require('./commands/ztunnel-config/policy'));
  },
  get 'ztunnel-config:service'() {
    return commandOf(require('./commands/ztunnel-config/service'));
  },
  get 'ztunnel-config:workload'() {
    return commandOf(require('./commands/ztunnel-config/workload'));
  },
};

/** A command module's class: its default export. */
function commandOf(module: unknown): unknown {
  return (module as { readonly default: unknown }).default;
}
