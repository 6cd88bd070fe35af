import { graphql } from '../gql';

export const ApiKeysDocument = graphql(`
  query ApiKeys {
    apiKeys {
      id
      name
      prefix
      scope
      createdAt
      lastUsedAt
      expiresAt
      revokedAt
    }
  }
`);

export const CreateApiKeyDocument = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    result: createApiKey(input: $input) {
      __typename
      secret
      apiKey {
        id
        name
      }
    }
  }
`);

export const RotateApiKeyDocument = graphql(`
  mutation RotateApiKey($id: ID!) {
    result: rotateApiKey(input: { id: $id }) {
      __typename
      ... on RotateApiKeyPayload {
        secret
        apiKey {
          id
          name
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const RevokeApiKeyDocument = graphql(`
  mutation RevokeApiKey($id: ID!) {
    result: revokeApiKey(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const WebhooksDocument = graphql(`
  query Webhooks {
    webhooks {
      id
      url
      events
      active
      createdAt
      lastDelivery {
        id
        state
        at
        statusCode
        error
      }
    }
  }
`);

export const WebhookDeliveriesDocument = graphql(`
  query WebhookDeliveries($id: ID!, $first: Int!) {
    node(id: $id) {
      __typename
      ... on Webhook {
        id
        deliveries(first: $first) {
          nodes {
            id
            event
            state
            attempt
            statusCode
            error
            at
            nextAttemptAt
          }
        }
      }
    }
  }
`);

export const CreateWebhookDocument = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) {
    result: createWebhook(input: $input) {
      __typename
      ... on CreateWebhookPayload {
        secret
        webhook {
          id
          url
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const UpdateWebhookDocument = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookInput!) {
    result: updateWebhook(input: $input) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const DeleteWebhookDocument = graphql(`
  mutation DeleteWebhook($id: ID!) {
    result: deleteWebhook(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const TestWebhookDocument = graphql(`
  mutation TestWebhook($id: ID!) {
    result: testWebhook(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const RedeliverDocument = graphql(`
  mutation Redeliver($id: ID!) {
    result: redeliver(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const RetentionDocument = graphql(`
  query Retention {
    settings {
      keepMediaDays
      keepTranscriptsDays
    }
  }
`);

export const UpdateRetentionDocument = graphql(`
  mutation UpdateRetention($input: UpdateSettingsInput!) {
    result: updateSettings(input: $input) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const PresetsDocument = graphql(`
  query SettingsPresets {
    presets {
      id
      name
      model
      backend
      device
      language
      task
      prompt
      priority
      channelMode
      wordTimes
    }
    models {
      id
      name
      installed
    }
  }
`);

export const CreatePresetDocument = graphql(`
  mutation CreatePreset($input: CreatePresetInput!) {
    result: createPreset(input: $input) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const UpdatePresetDocument = graphql(`
  mutation UpdatePreset($input: UpdatePresetInput!) {
    result: updatePreset(input: $input) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const DeletePresetDocument = graphql(`
  mutation DeletePreset($id: ID!) {
    result: deletePreset(input: { id: $id }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);
