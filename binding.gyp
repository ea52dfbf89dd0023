# Builds fluxnet-core's addon from the repository root. The result is copied to where the loader
# of fluxnet-core looks, so that what this builds is what is loaded.
{
  'targets': [
    {
      'target_name': 'fluxnet_root',
      'type': 'none',
      'conditions': [
        ['OS=="linux"', {
          'dependencies': [ 'packages/fluxnet-core/native/binding.gyp:fluxnet' ],
          'copies': [
            {
              'destination': 'packages/fluxnet-core/native/build/Release',
              'files': [ '<(PRODUCT_DIR)/fluxnet.node' ],
            },
          ],
        }],
      ],
    },
  ],
}
