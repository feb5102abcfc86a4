import CDnnl

/// Turns a oneDNN status into a throw; every C call that can fail goes through here.
func check(_ call: StaticString, _ status: dnnl_status_t) throws(EngineError) {
  guard status == dnnl_success else {
    throw .primitiveFailed(call: "\(call)", status: Int(status.rawValue))
  }
}

/// Channels that oneDNN's convolutions hold side by side: 16 with AVX-512, else 8.
func convolutionLanes() -> Int {
  let best = dnnl_get_effective_cpu_isa().rawValue
  let wide = dnnl_cpu_isa_avx512_core.rawValue
  return best & wide == wide ? 16 : 8
}

/// What one thread needs to run primitives: a oneDNN engine, a stream and scratch memory.
final class DnnlContext {
  let engine: dnnl_engine_t
  let stream: dnnl_stream_t
  private var scratch: Buffer?

  init() throws(EngineError) {
    var engine: dnnl_engine_t?
    try check("dnnl_engine_create", dnnl_engine_create(&engine, dnnl_cpu, 0))
    guard let engine else { throw .primitiveFailed(call: "dnnl_engine_create", status: 0) }
    var stream: dnnl_stream_t?
    let status = dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue))
    guard status == dnnl_success, let stream else {
      dnnl_engine_destroy(engine)
      throw .primitiveFailed(call: "dnnl_stream_create", status: Int(status.rawValue))
    }
    self.engine = engine
    self.stream = stream
  }

  deinit {
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(engine)
  }

  /// Primitives of one thread run one after another, so they share one scratch memory.
  ///
  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  func reserve(bytes: Int) throws(EngineError) {
    if bytes > (scratch?.count ?? 0) * 4 { scratch = try Buffer(count: (bytes + 3) / 4) }
  }

  var scratchpad: UnsafeMutableRawPointer? { scratch.map { UnsafeMutableRawPointer($0.start) } }
}

/// A primitive about to be made: what it will compute, and which layouts it prefers.
struct PrimitiveDescription: ~Copyable {
  let handle: dnnl_primitive_desc_t
  let context: DnnlContext

  /// What is done to each number of the result before it is written.
  struct After {
    /// Layout of a map that is added.
    var adding: dnnl_memory_desc_t?
    var relu = false
  }

  /// Describes a computation; a backward one needs its forward one as a hint.
  init(
    _ call: StaticString, _ description: UnsafeRawPointer, in context: DnnlContext,
    hint: dnnl_primitive_desc_t? = nil, then after: After = After()
  ) throws(EngineError) {
    let attributes = try Attributes(after)
    var handle: dnnl_primitive_desc_t?
    try check(
      call,
      dnnl_primitive_desc_create(&handle, description, attributes.handle, context.engine, hint))
    guard let handle else { throw .primitiveFailed(call: "\(call)", status: 0) }
    self.handle = handle
    self.context = context
  }

  /// Describes the copy of one layout into another.
  init(
    reorderFrom source: dnnl_memory_desc_t, to destination: dnnl_memory_desc_t,
    in context: DnnlContext
  ) throws(EngineError) {
    let attributes = try Attributes(After())
    var handle: dnnl_primitive_desc_t?
    let status = withUnsafePointer(to: source) { source in
      withUnsafePointer(to: destination) { destination in
        dnnl_reorder_primitive_desc_create(
          &handle, source, context.engine, destination, context.engine, attributes.handle)
      }
    }
    try check("dnnl_reorder_primitive_desc_create", status)
    guard let handle else {
      throw .primitiveFailed(call: "dnnl_reorder_primitive_desc_create", status: 0)
    }
    self.handle = handle
    self.context = context
  }

  private struct Attributes: ~Copyable {
    private(set) var handle: dnnl_primitive_attr_t?

    init(_ after: After) throws(EngineError) {
      try check("dnnl_primitive_attr_create", dnnl_primitive_attr_create(&handle))
      // Else every primitive owns its scratch, and threads could not share what they compile.
      try check(
        "dnnl_primitive_attr_set_scratchpad_mode",
        dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user))
      guard after.adding != nil || after.relu else { return }
      var operations: dnnl_post_ops_t?
      try check("dnnl_post_ops_create", dnnl_post_ops_create(&operations))
      defer { dnnl_post_ops_destroy(operations) }
      if let adding = after.adding {
        let status = withUnsafePointer(to: adding) {
          dnnl_post_ops_append_binary(operations, dnnl_binary_add, $0)
        }
        try check("dnnl_post_ops_append_binary", status)
      }
      if after.relu {
        try check(
          "dnnl_post_ops_append_eltwise",
          dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0))
      }
      try check(
        "dnnl_primitive_attr_set_post_ops", dnnl_primitive_attr_set_post_ops(handle, operations))
    }

    deinit { dnnl_primitive_attr_destroy(handle) }
  }

  deinit { dnnl_primitive_desc_destroy(handle) }

  /// The layout chosen for an argument, such as `dnnl_query_weights_md`.
  func layout(of query: dnnl_query_t) -> dnnl_memory_desc_t {
    guard let layout = dnnl_primitive_desc_query_md(handle, query, 0) else {
      preconditionFailure("only arguments of the primitive are asked for")
    }
    return layout.pointee
  }

  /// The name of the kernel oneDNN picked, such as `jit:avx512_core`.
  var implementation: String {
    var name: UnsafePointer<CChar>?
    guard
      dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, &name) == dnnl_success,
      let name
    else { return "" }
    return String(cString: name)
  }
}

/// A compiled primitive and the memories of its arguments; used by one thread at a time.
final class DnnlPrimitive {
  private let context: DnnlContext
  private let handle: dnnl_primitive_t
  /// In the order the buffers are handed to ``callAsFunction(_:)``; the scratchpad comes last.
  private var arguments: [dnnl_exec_arg_t] = []

  init(
    _ description: borrowing PrimitiveDescription,
    arguments layouts: [(argument: Int32, layout: dnnl_memory_desc_t)]
  ) throws(EngineError) {
    context = description.context
    var handle: dnnl_primitive_t?
    try check("dnnl_primitive_create", dnnl_primitive_create(&handle, description.handle))
    guard let handle else { throw .primitiveFailed(call: "dnnl_primitive_create", status: 0) }
    self.handle = handle
    let scratchpad = description.layout(of: dnnl_query_scratchpad_md)
    for (argument, layout) in layouts + [(DNNL_ARG_SCRATCHPAD, scratchpad)] {
      var memory: dnnl_memory_t?
      let status = withUnsafePointer(to: layout) {
        dnnl_memory_create(&memory, $0, context.engine, nil)
      }
      try check("dnnl_memory_create", status)
      arguments.append(dnnl_exec_arg_t(arg: argument, memory: memory))
    }
    try context.reserve(bytes: withUnsafePointer(to: scratchpad) { dnnl_memory_desc_get_size($0) })
  }

  deinit {
    for argument in arguments { dnnl_memory_destroy(argument.memory) }
    dnnl_primitive_destroy(handle)
  }

  /// Runs on the calling thread and returns when done.
  ///
  /// The buffers follow the order of the arguments and are as large as their layouts say.
  func callAsFunction(_ buffers: [UnsafeMutablePointer<Float>]) throws(EngineError) {
    precondition(buffers.count == arguments.count - 1, "one buffer for each argument")
    for (argument, buffer) in zip(arguments, buffers) {
      try check(
        "dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(argument.memory, buffer))
    }
    try check(
      "dnnl_memory_set_data_handle",
      dnnl_memory_set_data_handle(arguments[buffers.count].memory, context.scratchpad))
    try check(
      "dnnl_primitive_execute",
      dnnl_primitive_execute(handle, context.stream, Int32(arguments.count), arguments))
    try check("dnnl_stream_wait", dnnl_stream_wait(context.stream))
  }
}
