// What several isolates of the process may hold at once. The one that opened it owns it: when that
// one closes it or ends, it is closed for all.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace fluxnet {

enum class SharedKind { kMemory, kUmem, kQueue, kSocket, kProgram };

class SharedObject {
 public:
  explicit SharedObject(SharedKind kind) : kind_(kind) {}
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;
  virtual ~SharedObject();

  SharedKind kind() const { return kind_; }
  bool open() const { return open_; }

  // Closes what was opened on it, the newest first, then this. From any thread; idempotent.
  void Close();
  // From now on closing this closes the child, whichever isolate opened it. False, and the child is
  // closed, where this is closed already.
  bool Adopt(const std::shared_ptr<SharedObject>& child);

  // The number that names an object to the isolates of this process; never used again.
  static int64_t TokenOf(const std::shared_ptr<SharedObject>& object);

 protected:
  // Gives back what the object holds, while other threads may use it. Called once at most: without
  // a close, the destructors of the members do the same.
  virtual void Release() = 0;

 private:
  const SharedKind kind_;
  std::atomic<bool> open_ = true;
  std::mutex mutex_;  // Of what follows.
  std::vector<std::weak_ptr<SharedObject>> children_;
  int64_t token_ = 0;
};

}  // namespace fluxnet
