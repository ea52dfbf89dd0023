// libxdp, loaded when it is first needed: only the dispatcher wants it.
#pragma once

#include <xdp/libxdp.h>

#include <string>

namespace fluxnet {

// The functions that are used, with the types of libxdp's header.
struct Libxdp {
  decltype(&::libxdp_get_error) get_error;
  decltype(&::libxdp_set_print) set_print;
  decltype(&::xdp_program__create) program_create;
  decltype(&::xdp_program__close) program_close;
  decltype(&::xdp_program__fd) program_fd;
  decltype(&::xdp_program__set_xdp_frags_support) program_set_frags;
  decltype(&::xdp_program__attach) program_attach;
  decltype(&::xdp_program__detach) program_detach;

  // The library from `vendor` beside the addon, kept until the process ends; null where it cannot
  // be loaded, and `problem` says why.
  static const Libxdp* Load(std::string* problem);
  // The folder of libxdp's own BPF objects, beside the library.
  static std::string ObjectFolder();
};

}  // namespace fluxnet
