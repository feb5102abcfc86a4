import Foundation
import TestSupport

/// A system for HL7 messages over MLLP, or for FHIR documents, that may be killed at any moment.
///
/// It writes down every message that came whole, before anything else is done with it, and then, once
/// for each identifier, that it is filed; between the two and before its answer it takes its time. What
/// is written stays, whoever kills it. It has to be: after a number of messages it says nothing more,
/// so that a test that kills it does so however the machine is busy.
struct KeepingPeer {
  enum Kind: String { case mllp, fhir }

  let kind: Kind
  let folder: URL
  let port = freePort()

  private static let python = URL(filePath: "/usr/bin/python3")
  static let isHere = FileManager.default.isExecutableFile(atPath: python.path)

  init(_ kind: Kind) throws {
    self.kind = kind
    folder = try Receiver.newFolder()
    try Data(Self.program.utf8).write(to: folder.appending(path: "peer.py"))
  }

  func clean() { try? FileManager.default.removeItem(at: folder) }

  /// Starts it, and waits until it listens.
  func start() async throws -> Launched {
    let process = try Tool(
      executable: Self.python,
      arguments: [
        folder.appending(path: "peer.py").path, kind.rawValue, "\(port)", journal.path,
      ]
    ).launch(writingTo: folder.appending(path: "log-\(UUID().uuidString)"))
    _ = try await process.says(#/listening/#, within: .seconds(60))
    return process
  }

  /// As `secondlook.toml` has it.
  var destination: String {
    let place =
      switch kind {
      case .mllp: "host = \"127.0.0.1\"\nport = \(port)"
      case .fhir: "url = \"http://127.0.0.1:\(port)/fhir\""
      }
    return """
      [[destination]]
      name = "\(kind.rawValue)"
      kind = "\(kind.rawValue)"
      \(place)
      first_wait = 1
      longest_wait = 2

      """
  }

  private var journal: URL { folder.appending(path: "journal") }

  /// One message that came whole, or was filed.
  struct Entry: Hashable {
    let identifier: String
    /// SHA-256 of its bytes.
    let digest: String
  }

  /// All that came whole, as often as it came, and all that was filed.
  func kept() throws -> (came: [Entry], filed: [Entry]) {
    let lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
    func entries(_ word: String) -> [Entry] {
      lines.filter { $0[0] == word }.map { Entry(identifier: $0[1], digest: $0[2]) }
    }
    return (entries("came"), entries("filed"))
  }

  private static let program = #"""
    import hashlib, http.server, json, os, random, socketserver, sys, threading, time, urllib.parse
    kind, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    journal = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    lock, filed, taken = threading.Lock(), set(), []
    for line in open(path):
        word, identifier, digest = line.rstrip('\n').split('\t')
        if word == 'filed': filed.add(identifier)

    def note(word, identifier, digest):
        os.write(journal, f'{word}\t{identifier}\t{digest}\n'.encode())

    def take(identifier, body):
        """Whether it is new; files it if so."""
        digest = hashlib.sha256(body).hexdigest()
        with lock:
            note('came', identifier, digest)
            taken.append(identifier)
            isTired = len(taken) > 25
        if isTired: time.sleep(3600)
        time.sleep(random.uniform(0, .05))
        with lock:
            isNew = identifier not in filed
            if isNew:
                filed.add(identifier)
                note('filed', identifier, digest)
        time.sleep(random.uniform(0, .05))
        return isNew

    class Interface(socketserver.BaseRequestHandler):
        def handle(self):
            data = b''
            while not data.endswith(b'\x1c\r'):
                more = self.request.recv(65536)
                if not more: return
                data += more
            message = data[1:-2]
            identifier = message.split(b'\r')[0].split(b'|')[9].decode()
            take(identifier, message)
            answer = f'MSH|^~\\&|PEER|P|SL|S|20261127||ACK|1|P|2.5.1\rMSA|AA|{identifier}\r'
            self.request.sendall(b'\x0b' + answer.encode() + b'\x1c\r')

    class Record(http.server.BaseHTTPRequestHandler):
        def say(self, status, body=b''):
            self.send_response(status)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *words): pass
        def do_POST(self):
            size = int(self.headers['Content-Length'])
            body = self.rfile.read(size)
            if len(body) < size: return
            condition = urllib.parse.parse_qs(self.headers['If-None-Exist'])['identifier'][0]
            self.say(201 if take(condition, body) else 200)
        def do_GET(self):
            asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)['identifier'][0]
            system, value = asked.split('|')
            with lock: isThere = asked in filed
            one = {'resource': {'resourceType': 'Bundle',
                                'identifier': {'system': system, 'value': value}}}
            found = {'resourceType': 'Bundle', 'total': int(isThere), 'entry': [one] * isThere}
            self.say(200, json.dumps(found).encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
    with Server(('127.0.0.1', port), Interface if kind == 'mllp' else Record) as server:
        print('listening', flush=True)
        server.serve_forever()
    """#
}
