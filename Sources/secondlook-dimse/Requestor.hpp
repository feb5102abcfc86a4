#pragma once

#include <memory>
#include <vector>

#include "Problem.hpp"
#include "Settings.hpp"

class DcmTLSTransportLayer;
struct T_ASC_Association;
struct T_ASC_Network;
struct T_ASC_Parameters;

/// The peer is there, and what was asked for is not offered.
struct NotOffered : Problem {
  using Problem::Problem;
};

/// The peer does not prove who it is, or does not believe who we are.
struct Untrusted : Problem {
  using Problem::Problem;
};

/// An association that this side asks for, from within the jail.
///
/// Names are looked up and files read before; then the jail closes, and only then is the peer
/// called. A peer that lets a step take too long ends the process with the reason and status 2.
class Requestor {
 public:
  /// Asks for one kind of service, in the encodings that everybody knows or in those given.
  /// Throws NotOffered if the peer is there and does not offer it, Untrusted if TLS could not be
  /// agreed upon, else Problem with why there is no association.
  Requestor(const Settings &settings, const char *sopClass,
            std::vector<const char *> encodings = {});
  ~Requestor();
  Requestor(const Requestor &) = delete;
  Requestor &operator=(const Requestor &) = delete;

  /// The context in which the service may be used.
  unsigned char context() const { return agreed; }
  /// Ends as it should.
  void release();

  T_ASC_Association *association = nullptr;

 private:
  void open();
  std::string refusal(T_ASC_Parameters *parameters) const;

  const Settings &settings;
  const char *const sopClass;
  std::vector<const char *> encodings;
  std::unique_ptr<DcmTLSTransportLayer> layer;
  T_ASC_Network *network = nullptr;
  unsigned char agreed = 0;
};

/// Ends the process with the reason if this is not called again within the seconds.
void expectAnswerWithin(unsigned seconds);
/// Has something said before that end, by what a signal handler may call.
void whenTimeIsOver(void (*say)(const char *reason));
