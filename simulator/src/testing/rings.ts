export * from 'fluxnet-core/compliance';
