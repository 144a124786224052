# A Rails with nothing but routes, a controller and /cable; RAILS_ENV, PORT and STYLE from outside.
require "rails"
require "net/http"
require "action_controller/railtie"
require "action_cable/engine"
class Chat < Rails::Application
  config.load_defaults 6.1
  config.root = __dir__
  config.eager_load = true
  config.secret_key_base = "0" * 64
  config.hosts.clear
  config.hosts << "chat.example.com" if ENV["STYLE"] == "hosts"
  config.action_cable.mount_path = "/cable"
  config.action_cable.allowed_request_origins = ["https://app.example.com"]
  config.action_dispatch.show_exceptions = true
  config.consider_all_requests_local = Rails.env.development?
  config.log_level = ENV.fetch("LEVEL", "debug").to_sym
  log = ENV["STYLE"] == "stdout" ? STDOUT : "log/#{ENV["NAME"]}.log"
  case ENV["STYLE"]
  when "tagged"
    config.log_tags = [:request_id]
    config.log_formatter = ::Logger::Formatter.new
  when "request_id"
    config.log_tags = [:request_id]
  when "lograge"
    require "lograge"
    config.lograge.enabled = true
  end
  logger = ActiveSupport::Logger.new(log)
  logger.formatter = config.log_formatter if config.log_formatter
  config.logger = ActiveSupport::TaggedLogging.new(logger)
end
module ApplicationCable
  class Connection < ActionCable::Connection::Base
    identified_by :user
    def connect
      reject_unauthorized_connection if request.params[:token] == "expired"
      self.user = "7"
      logger.add_tags "ActionCable", user
    end
  end
  class Channel < ActionCable::Channel::Base; end
end
class ChatChannel < ApplicationCable::Channel
  def subscribed
    reject if params[:room] == "secret"
    stream_from "chat_7"
  end
  def speak(data)
    ActionCable.server.broadcast("chat_7", { text: data["text"] })
  end
end
class ItemsController < ActionController::Base
  def index; render json: [1, 2, 3]; end
  def old; redirect_to "/api/items"; end
  def slow; sleep 0.12; render json: []; end
  def broken; nil.items; end
  def health; head :ok; end
  def call; Net::HTTP.get(URI("http://127.0.0.1:1/session")); end
end
ActionCable.server.config.cable = { "adapter" => "async" }
Chat.initialize!
Rails.application.routes.draw do
  get "/health", to: "items#health"
  get "/api/items", to: "items#index"
  get "/api/old", to: "items#old"
  get "/api/slow", to: "items#slow"
  get "/api/broken", to: "items#broken"
  get "/api/call", to: "items#call"
end
run Rails.application
