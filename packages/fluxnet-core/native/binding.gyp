{
  'variables': {
    'vendor_dir': '<!(pwd)/vendor/linux-<(target_arch)',
  },
  'targets': [
    {
      'target_name': 'fluxnet',
      'conditions': [
        ['OS!="linux"', {
          # AF_XDP exists on Linux only; elsewhere the simulator is the backend.
          'type': 'none',
        }, {
          'sources': [
            'src/addon.cc',
            'src/args.cc',
            'src/attached_program.cc',
            'src/backing.cc',
            'src/bpf_fd.cc',
            'src/bpf_log.cc',
            'src/bpf_map.cc',
            'src/dispatcher_link.cc',
            'src/ethtool.cc',
            'src/external_buffer.cc',
            'src/fd_channel.cc',
            'src/fd_listener.cc',
            'src/fd_watch.cc',
            'src/grace_wait.cc',
            'src/libxdp.cc',
            'src/mapping.cc',
            'src/memory.cc',
            'src/netlink_socket.cc',
            'src/poll_set.cc',
            'src/program.cc',
            'src/queue.cc',
            'src/queue_table.cc',
            'src/ring_buffer.cc',
            'src/ring_mapping.cc',
            'src/shared_memory.cc',
            'src/shared_object.cc',
            'src/shared_program.cc',
            'src/shared_queue.cc',
            'src/shared_socket.cc',
            'src/shared_table.cc',
            'src/socket.cc',
            'src/spare_sockets.cc',
            'src/thread.cc',
            'src/umem.cc',
            'src/umem_group.cc',
            'src/xdp_object.cc',
            'src/xsk_fd.cc',
          ],
          'include_dirs': [
            '<!(node -p "require(\'node-addon-api\').include_dir")',
            '<(vendor_dir)/include',
            '<(SHARED_INTERMEDIATE_DIR)',
          ],
          'defines': [
            'NAPI_VERSION=9',
            'FLUXNET_ARCH="<(target_arch)"',
            'NAPI_DISABLE_CPP_EXCEPTIONS',
            'NODE_ADDON_API_DISABLE_DEPRECATED',
            # A worker that is being terminated cannot throw: no reason to end the process.
            'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
          ],
          'cflags_cc': [
            '-std=c++20', '-O2', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror',
          ],
          'ldflags': [
            '-static-libgcc',
            # From build/Release and from prebuilds/<platform>-<arch> alike.
            "-Wl,-rpath,'$$ORIGIN/../../vendor/linux-<(target_arch)/lib'",
          ],
          'libraries': [ '<(vendor_dir)/lib/libbpf.so.1', '-ldl' ],
          'actions': [
            {
              'action_name': 'embed_redirect_program',
              'inputs': [ 'bpf/embed.mjs', 'bpf/redirect.bpf.c', 'bpf/redirect.h' ],
              'outputs': [ '<(SHARED_INTERMEDIATE_DIR)/redirect_object.h' ],
              'action': [
                'node', 'bpf/embed.mjs', 'bpf/redirect.bpf.c', '<(vendor_dir)/include',
                'kRedirectObject', '<@(_outputs)',
              ],
            },
            {
              'action_name': 'embed_steering_program',
              'inputs': [ 'bpf/embed.mjs', 'bpf/steering.bpf.c', 'bpf/steering.h' ],
              'outputs': [ '<(SHARED_INTERMEDIATE_DIR)/steering_object.h' ],
              'action': [
                'node', 'bpf/embed.mjs', 'bpf/steering.bpf.c', '<(vendor_dir)/include',
                'kSteeringObject', '<@(_outputs)',
              ],
            },
          ],
        }],
      ],
    },
  ],
}
