// SPDX-License-Identifier: MIT
// The compiled redirect program of fluxnet-core, as bytes (the Makefile says where it lies).
  .section .rodata
  .balign 8
  .globl redirect_object
redirect_object:
  .incbin "redirect.bpf.o"
  .globl redirect_object_end
redirect_object_end:
  .section .note.GNU-stack, "", %progbits
