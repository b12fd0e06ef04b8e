import { configDumpPaths } from '../../../src/lib/source/admin-requests';

describe('configDumpPaths', () => {
  it('masks one section, with the whole to fall back on', () => {
    expect(configDumpPaths({ sections: ['Listeners'] })).toEqual([
      '/config_dump?mask=static_listeners,dynamic_listeners',
      '/config_dump',
    ]);
    expect(configDumpPaths({ sections: ['Endpoints'] })).toEqual([
      '/config_dump?include_eds=true&mask=static_endpoint_configs,dynamic_endpoint_configs',
      '/config_dump?include_eds=true',
    ]);
  });

  it('asks for the whole where there are several: Envoy refuses a mask over more than one section', () => {
    expect(configDumpPaths({ sections: ['Listeners', 'Routes'] })).toEqual(['/config_dump']);
    expect(configDumpPaths({ sections: ['Listeners', 'Endpoints'] })).toEqual(['/config_dump?include_eds=true']);
    expect(configDumpPaths({ sections: [] })).toEqual(['/config_dump']);
  });

  it('quotes a name for RE2 and for the URL', () => {
    const [path] = configDumpPaths({ sections: ['Clusters'], nameText: 'outbound|9080||a.b' });
    expect(new URL(path ?? '', 'http://x').searchParams.get('name_regex')).toBe('.*outbound\\|9080\\|\\|a\\.b.*');
  });
});
