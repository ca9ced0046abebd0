import HTTPTypes
import Hummingbird
import Messages
import NIOCore

/// Answers with JSON.
enum JSONResponse {
    static func response(
        _ json: JSONValue,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text + "\n"))
        )
    }

    static func response(_ message: some WireMessage) -> Response {
        response(message.json)
    }
}
