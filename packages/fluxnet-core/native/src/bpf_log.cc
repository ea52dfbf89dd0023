#include "bpf_log.h"

#include <cstdio>
#include <utility>

namespace fluxnet {
namespace {

// The verdict of the verifier is at the end of its log, so that the beginning is what can go.
constexpr size_t kMostBytes = 256 * 1024;

thread_local BpfLog* current = nullptr;

}  // namespace

BpfLog::BpfLog() : outer_(std::exchange(current, this)) { libbpf_set_print(Print); }

BpfLog::~BpfLog() { current = outer_; }

int BpfLog::Print(libbpf_print_level level, const char* format, va_list arguments) {
  if (current == nullptr || level == LIBBPF_DEBUG) return 0;
  va_list measured;
  va_copy(measured, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, measured);
  va_end(measured);
  if (length <= 0) return 0;
  std::string line(static_cast<size_t>(length) + 1, '\0');
  std::vsnprintf(line.data(), line.size(), format, arguments);
  line.pop_back();
  std::string& text = current->text_;
  text += line;
  if (text.size() > kMostBytes) text.erase(0, text.size() - kMostBytes);
  return length;
}

}  // namespace fluxnet
