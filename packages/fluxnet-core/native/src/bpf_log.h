// What libbpf and libxdp say. Both print through one function for the process; each thread
// collects what it caused, so that nothing reaches the user's terminal and errors can carry it.
#pragma once

#include <bpf/libbpf.h>

#include <cstdarg>
#include <string>

namespace fluxnet {

class BpfLog {
 public:
  // From now until destruction the calling thread's messages go to this object.
  BpfLog();
  ~BpfLog();
  BpfLog(const BpfLog&) = delete;
  BpfLog& operator=(const BpfLog&) = delete;

  const std::string& text() const { return text_; }

  // A printer for libbpf and, with its own enumeration of the same levels, for libxdp.
  static int Print(libbpf_print_level level, const char* format, va_list arguments);

 private:
  std::string text_;
  BpfLog* outer_;
};

}  // namespace fluxnet
