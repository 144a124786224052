# A Phoenix with nothing but a socket, a channel and a controller; PORT, STYLE and SERVER from outside.
defmodule ChatWeb.RoomChannel do
  use Phoenix.Channel
  def join("room:lobby", _params, socket), do: {:ok, socket}
  def join("room:broken", _params, _socket), do: raise("the room fell in")
  def join(_topic, _params, _socket), do: {:error, %{reason: "unauthorized"}}
  def handle_in("speak", %{"text" => text}, socket) do
    broadcast!(socket, "spoke", %{text: text})
    {:noreply, socket}
  end
end

defmodule ChatWeb.UserSocket do
  use Phoenix.Socket
  channel "room:*", ChatWeb.RoomChannel
  def connect(%{"token" => "expired"}, _socket, _info), do: :error
  def connect(_params, socket, _info), do: {:ok, socket}
  def id(_socket), do: nil
end

defmodule ChatWeb.ItemController do
  use Phoenix.Controller, formats: [:json]
  def health(conn, _params), do: text(conn, "ok")
  def index(conn, _params), do: json(conn, [1, 2, 3])
  def create(conn, _params), do: conn |> put_status(201) |> json(%{id: 4})
  def old(conn, _params), do: redirect(conn, to: "/api/items")
  def broken(_conn, _params), do: raise("nobody wrote this")
  def slow(conn, _params) do
    Process.sleep(120)
    json(conn, [])
  end
  def stream(conn, _params) do
    conn = send_chunked(conn, 200)
    {:ok, conn} = chunk(conn, "ok")
    conn
  end
  def calling(conn, _params) do
    {:ok, _answer} = :httpc.request(:get, {'http://127.0.0.1:1/session', []}, [], [])
    text(conn, "ok")
  end
end

defmodule ChatWeb.Router do
  use Phoenix.Router
  pipeline :api do
    plug :accepts, ["json", "html", "text"]
  end
  get "/health", ChatWeb.ItemController, :health
  scope "/api", ChatWeb do
    pipe_through :api
    get "/items", ItemController, :index
    post "/items", ItemController, :create
    get "/old", ItemController, :old
    get "/slow", ItemController, :slow
    get "/stream", ItemController, :stream
    get "/broken", ItemController, :broken
    get "/call", ItemController, :calling
  end
end

defmodule ChatWeb.ErrorJSON do
  def render(template, _assigns), do: %{errors: Phoenix.Controller.status_message_from_template(template)}
end

style = System.fetch_env!("STYLE")
server = if System.fetch_env!("SERVER") == "bandit", do: Bandit.PhoenixAdapter, else: Phoenix.Endpoint.Cowboy2Adapter
Application.put_env(:phoenix, :json_library, Jason)
Application.put_env(:chat, ChatWeb.Endpoint,
  adapter: server,
  http: [ip: {127, 0, 0, 1}, port: String.to_integer(System.fetch_env!("PORT"))],
  url: [host: "chat.example.com"],
  server: true,
  debug_errors: style == "development",
  render_errors: [formats: [json: ChatWeb.ErrorJSON], layout: false],
  pubsub_server: Chat.PubSub,
  check_origin: ["https://app.example.com"],
  secret_key_base: String.duplicate("0", 64)
)

defmodule ChatWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :chat
  socket "/socket", ChatWeb.UserSocket, websocket: true, longpoll: false
  plug Plug.RequestId
  plug Plug.Telemetry, event_prefix: [:phoenix, :endpoint]
  plug Plug.Parsers, parsers: [:urlencoded, :json], pass: ["*/*"], json_decoder: Jason
  plug ChatWeb.Router
end

{format, metadata, level} =
  case style do
    "default" -> {"\n$time $metadata[$level] $message\n", [], :debug}
    "development" -> {"[$level] $message\n", [], :debug}
    "production" -> {"$time $metadata[$level] $message\n", [:request_id], :info}
    "dated" -> {"$date $time $metadata[$level] $message\n", [:application, :pid, :request_id], :debug}
    "colour" -> {"$time $metadata[$level] $message\n", [:request_id], :debug}
  end

{:ok, _} = Application.ensure_all_started(:logger)
Logger.configure(level: level)
Logger.configure_backend(:console, format: format, metadata: metadata, colors: [enabled: style == "colour"])
for application <- [:inets, :telemetry, :plug_crypto, :plug, :ranch, :cowlib, :cowboy, :cowboy_telemetry, :plug_cowboy,
                    :hpax, :thousand_island, :bandit, :phoenix_pubsub, :phoenix] do
  {:ok, _} = Application.ensure_all_started(application)
end
children = [{Phoenix.PubSub, name: Chat.PubSub}, ChatWeb.Endpoint]
{:ok, _} = Supervisor.start_link(children, strategy: :one_for_one)
Process.sleep(:infinity)
